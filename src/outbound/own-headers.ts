/** Headers that a request itself needs; a setting for them could only break it. */
export const OWN_HEADERS =
  /^(connection|transfer-encoding|expect|te|upgrade|content-(type|encoding|length))$/i;
