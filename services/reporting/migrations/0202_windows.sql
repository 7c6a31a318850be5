-- Reporting windows. Named so because WINDOW is a reserved word of MySQL 8.
--
-- min_compatible: 0202

CREATE TABLE reporting_window (
  name VARBINARY(255) NOT NULL,
  version BIGINT NOT NULL,
  touched BIGINT NOT NULL,
  snapshot MEDIUMBLOB NOT NULL,
  updated_by VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  cut_off_order INT NOT NULL COMMENT 'minus the days from 1970-01-01 to the cut-off date, so that the latest comes first',
  used INT NOT NULL DEFAULT 0 COMMENT '1 once a report exists: from then on the window never changes',
  PRIMARY KEY (name),
  KEY reporting_window_by_cut_off (cut_off_order, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
