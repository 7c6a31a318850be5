-- School reports: where each stands, and every revision that was ever submitted.
--
-- min_compatible: 0203
-- append_only: report_revision

CREATE TABLE report (
  name VARBINARY(255) NOT NULL,
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL,
  snapshot MEDIUMBLOB NOT NULL,
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  window_id VARBINARY(63) NOT NULL,
  school_id VARBINARY(63) NOT NULL,
  cluster_id VARBINARY(63) NOT NULL,
  state INT NOT NULL COMMENT 'thidua.reporting.v1.ReportState',
  PRIMARY KEY (name),
  KEY report_by_window (window_id, name),
  KEY report_by_cluster (window_id, cluster_id, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE report_revision (
  report VARBINARY(255) NOT NULL COMMENT 'resource name',
  revision INT NOT NULL,
  snapshot MEDIUMBLOB NOT NULL COMMENT 'the SchoolReport as submitted',
  submitted_at BIGINT NOT NULL,
  PRIMARY KEY (report, revision)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
