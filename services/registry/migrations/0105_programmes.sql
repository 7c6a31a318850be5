-- Programmes of clusters, their texts and activities. Days as in 0101.
--
-- min_compatible: 0102

CREATE TABLE programme (
  name VARBINARY(255) NOT NULL COMMENT 'clusters/{cluster}/programmes/{programme}',
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL COMMENT 'written by transactions that rely on the row as it is',
  snapshot MEDIUMBLOB NOT NULL COMMENT 'thidua.registry.v1.Programme',
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  cluster VARBINARY(255) NOT NULL,
  year INT NOT NULL,
  PRIMARY KEY (name),
  KEY programme_by_cluster (cluster, year, name),
  KEY programme_in_order (year, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE programme_text (
  name VARBINARY(255) NOT NULL COMMENT 'clusters/{cluster}/programmes/{programme}/texts/{text}',
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL,
  snapshot MEDIUMBLOB NOT NULL COMMENT 'thidua.registry.v1.ProgrammeText',
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  programme VARBINARY(255) NOT NULL,
  kind INT NOT NULL,
  text_version INT NOT NULL,
  PRIMARY KEY (name),
  UNIQUE KEY programme_text_in_order (programme, kind, text_version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE activity (
  name VARBINARY(255) NOT NULL COMMENT 'clusters/{cluster}/programmes/{programme}/activities/{activity}',
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL,
  snapshot MEDIUMBLOB NOT NULL COMMENT 'thidua.registry.v1.Activity',
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  cluster VARBINARY(255) NOT NULL,
  year INT NOT NULL COMMENT 'of the programme',
  kind INT NOT NULL,
  state INT NOT NULL,
  planned_first INT NOT NULL COMMENT 'first day that the date may mean: the planned one, else the held one, else the whole year',
  planned_last INT NOT NULL COMMENT 'last day that it may mean',
  held_first INT NOT NULL COMMENT 'first day on which it may have been held; an open end while it was not',
  PRIMARY KEY (name),
  KEY activity_by_programme (cluster, year, planned_first, name),
  KEY activity_by_cluster (cluster, planned_first, name),
  KEY activity_by_year (year, planned_first, name),
  KEY activity_in_order (planned_first, name),
  KEY activity_not_held (held_first, planned_last)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Which schools have which roles in an activity; kept in step with its snapshot.
CREATE TABLE activity_school (
  activity VARBINARY(255) NOT NULL,
  school VARBINARY(255) NOT NULL,
  role INT NOT NULL COMMENT 'thidua.registry.v1.ActivityRole',
  PRIMARY KEY (activity, school, role),
  KEY activity_by_school (school, activity)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
