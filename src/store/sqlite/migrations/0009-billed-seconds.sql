-- github_actions_billed_minutes_total became github_actions_billed_seconds_total.
UPDATE cells SET value = value * 60
  WHERE series_id IN (SELECT id FROM series WHERE metric = 'github_actions_billed_minutes_total');
UPDATE series SET metric = 'github_actions_billed_seconds_total' WHERE metric = 'github_actions_billed_minutes_total';
