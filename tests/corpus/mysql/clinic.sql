-- An animal clinic: every size of number and text, keys on parts of columns, checks.
CREATE TABLE owner (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  name TINYTEXT NOT NULL,
  phones TEXT,
  notes MEDIUMTEXT,
  letters LONGTEXT,
  PRIMARY KEY (id),
  UNIQUE KEY owner_name_begins (name(20)),
  KEY owner_notes (notes(100))
) ENGINE=InnoDB;

CREATE TABLE animal (
  id BINARY(16) NOT NULL,
  owner_id BIGINT UNSIGNED NOT NULL,
  chip CHAR(15) CHARACTER SET ascii COLLATE ascii_bin,
  species ENUM('cat','dog','guinea pig','it''s other') NOT NULL,
  weight DECIMAL(7,3),
  born DATE,
  fed_at TIME(0),
  picture LONGBLOB,
  colour TINYINT UNSIGNED,
  legs TINYINT DEFAULT 4,
  flags BIT(3),
  neutered BIT(1) NOT NULL DEFAULT b'0',
  share FLOAT,
  exact DOUBLE NOT NULL DEFAULT 0.1,
  PRIMARY KEY (id),
  UNIQUE KEY animal_chip (chip),
  UNIQUE KEY animal_of_owner (owner_id, id),
  CONSTRAINT animal_owner FOREIGN KEY (owner_id) REFERENCES owner (id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT animal_legs CHECK (legs BETWEEN 0 AND 8)
) ENGINE=InnoDB;

CREATE TABLE weighing (
  animal_id BINARY(16) NOT NULL,
  at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  grams MEDIUMINT UNSIGNED NOT NULL,
  kilograms DECIMAL(8,3) GENERATED ALWAYS AS (grams / 1000) VIRTUAL,
  PRIMARY KEY (animal_id, at),
  CONSTRAINT weighing_animal FOREIGN KEY (animal_id) REFERENCES animal (id)
) ENGINE=InnoDB;

CREATE TABLE room (
  building VARCHAR(20) NOT NULL,
  number SMALLINT NOT NULL,
  place POINT,
  plan GEOMETRY,
  PRIMARY KEY (building(4), number)
) ENGINE=InnoDB;

-- A table that has no key.
CREATE TABLE scale_log (at DATETIME, raw VARBINARY(255), tag TINYBLOB, line VARCHAR(200) DEFAULT 'it''s \\ "quoted"');
