-- A run that is held for approval is told as completed, and completed a second time once it was approved and ran: the
-- two ends are counted apart.
ALTER TABLE runs ADD COLUMN held_counted INTEGER NOT NULL DEFAULT 0;
UPDATE runs SET held_counted = 1, completion_counted = 0 WHERE conclusion = 'action_required' AND completion_counted = 1;
