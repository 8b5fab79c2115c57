-- A ferry line: enumerations, sets, generated columns, partitions.
CREATE TABLE harbour (
  code CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  name VARCHAR(80) NOT NULL,
  opened YEAR,
  UNIQUE KEY harbour_name (name)
) ENGINE=InnoDB;

CREATE TABLE vessel (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(60) NOT NULL,
  class ENUM('catamaran', 'ro-ro', 'cable ferry') NOT NULL DEFAULT 'ro-ro',
  carries SET('people', 'cars', 'lorries'),
  home CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seats SMALLINT UNSIGNED NOT NULL COMMENT 'Passengers, without the crew.',
  is_in_service TINYINT(1) NOT NULL DEFAULT 1,
  successor_of INT UNSIGNED,
  UNIQUE KEY vessel_name_per_home (home, name),
  CONSTRAINT vessel_home FOREIGN KEY (home) REFERENCES harbour (code) ON UPDATE CASCADE,
  CONSTRAINT vessel_successor FOREIGN KEY (successor_of) REFERENCES vessel (id) ON DELETE SET NULL
) ENGINE=InnoDB COMMENT='A ship, in service or not.';

CREATE TABLE crossing (
  departs DATETIME(3) NOT NULL,
  line SMALLINT NOT NULL,
  vessel_id INT UNSIGNED NOT NULL,
  minutes_late MEDIUMINT,
  was_late TINYINT(1) GENERATED ALWAYS AS (minutes_late > 0) STORED,
  -- The key's order is not the table's.
  PRIMARY KEY (line, departs),
  FOREIGN KEY (vessel_id) REFERENCES vessel (id) ON DELETE RESTRICT ON UPDATE NO ACTION
) ENGINE=InnoDB;

CREATE TABLE ticket (
  region INT NOT NULL,
  number BIGINT UNSIGNED NOT NULL,
  line SMALLINT NOT NULL,
  departs DATETIME(3) NOT NULL,
  paid DECIMAL(8,2) UNSIGNED NOT NULL DEFAULT 0,
  extras JSON,
  created TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (region, number)
) ENGINE=InnoDB PARTITION BY LIST (region) (PARTITION north VALUES IN (1), PARTITION south VALUES IN (2, 3));

CREATE TABLE claim (
  line SMALLINT NOT NULL,
  departs DATETIME(3) NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (departs, line),
  CONSTRAINT claim_crossing FOREIGN KEY (line, departs) REFERENCES crossing (line, departs) ON DELETE CASCADE
) ENGINE=InnoDB;

CREATE VIEW takings AS SELECT line, COUNT(*) AS tickets, SUM(paid) AS paid FROM ticket GROUP BY line;
