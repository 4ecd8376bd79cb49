#!/bin/sh
# Makes the base of the image from Debian's packages alone: base.sh ARCHITECTURE OUTPUT.tar
#
# Only what the pinned Node.js is linked with, certificates, and what says which packages these are. No shell, no
# package manager, nothing that runs. Needs apt-get and dpkg-deb (Debian or Ubuntu), no root, and no machine of that
# architecture. The same packages give the same file, byte for byte: its times are SOURCE_DATE_EPOCH.
# DEBIAN_MIRROR and DEBIAN_SECURITY_MIRROR may name other mirrors, such as a day of snapshot.debian.org.
set -eu

architecture=$1
output=$2
packages='base-files ca-certificates gcc-12-base libatomic1 libc6 libgcc-s1 libstdc++6'
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
security=${DEBIAN_SECURITY_MIRROR:-http://deb.debian.org/debian-security}
keys=/usr/share/keyrings/debian-archive-keyring.gpg

if [ ! -e "$keys" ]; then
  echo "base.sh: $keys is missing: install the package debian-archive-keyring" >&2
  exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/apt/state/lists/partial" "$work/apt/cache/archives/partial" "$work/debs" "$work/control" "$work/root"
touch "$work/apt/status"
cat >"$work/apt/sources.list" <<LIST
deb [signed-by=$keys] $mirror bookworm main
deb [signed-by=$keys] $mirror bookworm-updates main
deb [signed-by=$keys] $security bookworm-security main
LIST

# Lists and packages of its own: the machine's are neither used nor changed.
apt() {
  apt-get -qq \
    -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" -o APT::Sandbox::User= \
    -o Dir::State="$work/apt/state" -o Dir::State::status="$work/apt/status" -o Dir::Cache="$work/apt/cache" \
    -o Dir::Etc::sourcelist="$work/apt/sources.list" -o Dir::Etc::sourceparts=- \
    -o Acquire::Languages=none -o Acquire::Retries=3 "$@"
}
apt update
# shellcheck disable=SC2086 # a list of words
(cd "$work/debs" && apt download $packages)

cd "$work/root"
mkdir -p var/lib/dpkg/status.d
for deb in "$work"/debs/*.deb; do
  dpkg-deb -x "$deb" .
  # Where scanners for vulnerabilities look for the packages of images that have no dpkg.
  dpkg-deb -f "$deb" >"var/lib/dpkg/status.d/$(dpkg-deb -f "$deb" Package)"
done

# One file of all certificates, as update-ca-certificates makes it, which is a script.
mkdir -p etc/ssl/certs
find usr/share/ca-certificates -name '*.crt' | LC_ALL=C sort | xargs awk 1 >etc/ssl/certs/ca-certificates.crt
# What nothing here reads: manuals, scripts, tables that convert character sets (Node.js has its own).
rm -rf usr/sbin usr/bin sbin bin etc/ca-certificates etc/ca-certificates.conf usr/share/ca-certificates \
  usr/share/man usr/share/info usr/share/lintian usr/share/gcc usr/share/gdb usr/share/base-files etc/skel \
  etc/profile.d etc/update-motd.d usr/lib/*/gconv usr/lib/*/audit
find usr/share/doc -type f ! -name copyright -delete
find usr/share/doc -depth -type d -empty -delete

cat >etc/passwd <<'LIST'
root:x:0:0:root:/:/nonexistent
nonroot:x:65532:65532:nonroot:/data:/nonexistent
LIST
cat >etc/group <<'LIST'
root:x:0:
nonroot:x:65532:
LIST
echo 'hosts: files dns' >etc/nsswitch.conf
chmod -R u=rwX,go=rX,a-s .
mkdir -p tmp
chmod 1777 tmp

tar --create --sort=name --mtime="@${SOURCE_DATE_EPOCH:-0}" --owner=0 --group=0 --numeric-owner --format=gnu \
  --file "$output.partial" .
mv "$output.partial" "$output"
