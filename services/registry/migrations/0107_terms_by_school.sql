-- Memberships and leadership terms of all clusters, listed by school and filtered. Older rows get the new columns out of their
-- snapshots.
--
-- min_compatible: 0107

ALTER TABLE membership ADD COLUMN confidence INT NOT NULL DEFAULT 0;
ALTER TABLE leadership_term ADD COLUMN school VARBINARY(255) NOT NULL DEFAULT '';
ALTER TABLE leadership_term ADD COLUMN year INT NOT NULL DEFAULT 0;
ALTER TABLE leadership_term ADD COLUMN role INT NOT NULL DEFAULT 0;
ALTER TABLE leadership_term ADD COLUMN state INT NOT NULL DEFAULT 0;
ALTER TABLE leadership_term ADD COLUMN confidence INT NOT NULL DEFAULT 0;
CREATE INDEX leadership_term_by_school ON leadership_term (school, name);
CREATE INDEX leadership_term_by_year ON leadership_term (year, name);

-- A snapshot is a protobuf message as C++ writes it: fields in order of number, each a tag, for texts and messages a length (one
-- byte below 128, two above), then the value. Each level finds where the next field begins.

-- Membership: 1 name, 2 school, 3 valid_from, 4 valid_to (either may be missing), 5 provenance with 1 confidence.
UPDATE membership JOIN (
  SELECT name, ASCII(SUBSTRING(snapshot, provenance + IF(ASCII(SUBSTRING(snapshot, provenance + 1, 1)) < 128, 3, 4), 1)) AS confidence
  FROM (
    SELECT name, snapshot,
           valid_to + IF(ASCII(SUBSTRING(snapshot, valid_to, 1)) = 34, 2 + ASCII(SUBSTRING(snapshot, valid_to + 1, 1)), 0) AS provenance
    FROM (
      SELECT name, snapshot,
             valid_from + IF(ASCII(SUBSTRING(snapshot, valid_from, 1)) = 26, 2 + ASCII(SUBSTRING(snapshot, valid_from + 1, 1)), 0) AS valid_to
      FROM (
        SELECT name, snapshot, school + 2 + ASCII(SUBSTRING(snapshot, school + 1, 1)) AS valid_from
        FROM (
          SELECT name, snapshot, LENGTH(name) + IF(LENGTH(name) < 128, 3, 4) AS school FROM membership
        ) AS at_school
      ) AS at_valid_from
    ) AS at_valid_to
  ) AS at_provenance
) AS found ON found.name = membership.name
SET membership.confidence = found.confidence;

-- LeadershipTerm: 1 name, 2 school, 3 year (two bytes), 4 role, 5 valid_from, 6 valid_to, 7 state, 8 elected_date, 9 recognition
-- (either may be missing), 10 provenance with 1 confidence.
UPDATE leadership_term JOIN (
  SELECT name, school, year, role, state,
         ASCII(SUBSTRING(snapshot, provenance + IF(ASCII(SUBSTRING(snapshot, provenance + 1, 1)) < 128, 3, 4), 1)) AS confidence
  FROM (
    SELECT name, snapshot, school, year, role, state,
           recognition + IF(ASCII(SUBSTRING(snapshot, recognition, 1)) <> 74, 0,
             IF(ASCII(SUBSTRING(snapshot, recognition + 1, 1)) < 128, 2 + ASCII(SUBSTRING(snapshot, recognition + 1, 1)),
               3 + ASCII(SUBSTRING(snapshot, recognition + 1, 1)) - 128 + 128 * ASCII(SUBSTRING(snapshot, recognition + 2, 1)))) AS provenance
    FROM (
      SELECT name, snapshot, school, year, role, ASCII(SUBSTRING(snapshot, state_tag + 1, 1)) AS state,
             state_tag + 2 + IF(ASCII(SUBSTRING(snapshot, state_tag + 2, 1)) = 66, 2 + ASCII(SUBSTRING(snapshot, state_tag + 3, 1)), 0) AS recognition
      FROM (
        SELECT name, snapshot, school, year, role, valid_to + 2 + ASCII(SUBSTRING(snapshot, valid_to + 1, 1)) AS state_tag
        FROM (
          SELECT name, snapshot, school, ASCII(SUBSTRING(snapshot, year_tag + 1, 1)) - 128 + 128 * ASCII(SUBSTRING(snapshot, year_tag + 2, 1)) AS year,
                 ASCII(SUBSTRING(snapshot, year_tag + 4, 1)) AS role, year_tag + 7 + ASCII(SUBSTRING(snapshot, year_tag + 6, 1)) AS valid_to
          FROM (
            SELECT name, snapshot, SUBSTRING(snapshot, school_tag + 2, ASCII(SUBSTRING(snapshot, school_tag + 1, 1))) AS school,
                   school_tag + 2 + ASCII(SUBSTRING(snapshot, school_tag + 1, 1)) AS year_tag
            FROM (
              SELECT name, snapshot, LENGTH(name) + IF(LENGTH(name) < 128, 3, 4) AS school_tag FROM leadership_term
            ) AS at_school
          ) AS at_year
        ) AS at_valid_to
      ) AS at_state
    ) AS at_recognition
  ) AS at_provenance
) AS found ON found.name = leadership_term.name
SET leadership_term.school = found.school, leadership_term.year = found.year, leadership_term.role = found.role,
    leadership_term.state = found.state, leadership_term.confidence = found.confidence;
