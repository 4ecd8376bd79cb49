-- What is counted later has the labels that its repository had in the delivery since which that waits.
ALTER TABLE jobs ADD COLUMN held_labels TEXT;
ALTER TABLE runs ADD COLUMN settle_labels TEXT;
