-- Packed values take as few bytes as they can (src/store/sqlite/packed-values.ts). What was packed before is packed once more.
DELETE FROM packed_columns;
DELETE FROM packed_hours;
