-- A town's archive: views over views, defaults of every sort, keys that are looked up by text.
CREATE TABLE item (
  shelf VARCHAR(8) NOT NULL,
  place INT NOT NULL,
  title VARCHAR(255) NOT NULL DEFAULT '' COMMENT 'As on the cover; "quotes", <tags> & [links](nowhere) stay. */ #![no]',
  acquired DATE NOT NULL,
  condition_ ENUM('fine','worn','') DEFAULT NULL,
  price DECIMAL(10,0) NOT NULL DEFAULT 12,
  signature VARCHAR(20) GENERATED ALWAYS AS (CONCAT(shelf, '/', place)) VIRTUAL,
  PRIMARY KEY (shelf, place),
  FULLTEXT KEY item_title (title)
) ENGINE=InnoDB COMMENT='Anything on a shelf.';

CREATE TABLE loan (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  shelf VARCHAR(8),
  place INT,
  reader VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  taken DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  returned DATETIME,
  UNIQUE KEY loan_once (shelf, place, taken),
  UNIQUE KEY loan_by_reader (reader, taken),
  CONSTRAINT loan_item FOREIGN KEY (shelf, place) REFERENCES item (shelf, place) ON DELETE SET NULL
) ENGINE=InnoDB;

CREATE TABLE sister_item (
  a_shelf VARCHAR(8) NOT NULL, a_place INT NOT NULL, b_shelf VARCHAR(8) NOT NULL, b_place INT NOT NULL,
  PRIMARY KEY (a_shelf, a_place, b_shelf, b_place),
  CONSTRAINT sister_a FOREIGN KEY (a_shelf, a_place) REFERENCES item (shelf, place) ON DELETE CASCADE,
  CONSTRAINT sister_b FOREIGN KEY (b_shelf, b_place) REFERENCES item (shelf, place) ON DELETE CASCADE
) ENGINE=InnoDB;

CREATE VIEW on_loan AS SELECT l.*, i.title FROM loan l JOIN item i ON i.shelf = l.shelf AND i.place = l.place WHERE l.returned IS NULL;
CREATE VIEW favourites AS SELECT reader, COUNT(*) AS loans, GROUP_CONCAT(title) FROM on_loan GROUP BY reader;
CREATE TABLE card_of_memory (x INT PRIMARY KEY, y INT, UNIQUE KEY (y)) ENGINE=MEMORY;
