-- Names and shapes that nobody should use.
CREATE TABLE `type` (
  `self` INT NOT NULL PRIMARY KEY, `Super` TEXT, `crate` TEXT, `async` TINYINT(1), `r#fn` TEXT, `_` TEXT, `__` TEXT,
  `1st` INT, `a b` INT, `a-b` INT, `a_b` INT, `quote``d` TEXT, `über` TEXT, `日付` DATE, `$1` TEXT, `{}` TEXT, `%s` TEXT,
  `:name` TEXT, `?` TEXT, `(` INT, `,` INT, `it's` INT, `"` INT
) ENGINE=InnoDB;
CREATE TABLE `String` (`String` INT NOT NULL, `Option` INT, `Vec` INT, UNIQUE KEY `(` (`String`), UNIQUE KEY `,` (`Vec`, `String`));
CREATE TABLE `a.b` (`c.d` INT NOT NULL PRIMARY KEY, CONSTRAINT `it's, (a)` FOREIGN KEY (`c.d`) REFERENCES `type` (`self`));
CREATE TABLE `élève` (`clé` INT NOT NULL PRIMARY KEY, `élève` INT, FOREIGN KEY (`élève`) REFERENCES `élève` (`clé`) ON DELETE SET NULL);
CREATE TABLE `FOREIGN KEY` (`REFERENCES` INT, `ON DELETE CASCADE` INT, CONSTRAINT `CHECK` FOREIGN KEY (`REFERENCES`) REFERENCES `type` (`self`) ON DELETE CASCADE);

-- Labels that are no identifiers, that collide once they are, and one that is empty.
CREATE TABLE labels (
  a ENUM('', 'ok', 'o-k', 'o_k', '1st', 'Self', 'it''s', '"', 'a,b', '(', ')', 'b\\slash', '日本', 'None') NOT NULL,
  b SET('x', 'X-', '-x', 'y z') NOT NULL DEFAULT 'x,y z',
  c ENUM('only'),
  d ENUM('0', '1', '2') DEFAULT '0'
);

-- Foreign keys in cycles, twice over one column, and of several columns in another order.
CREATE TABLE hen (id INT NOT NULL PRIMARY KEY, egg INT);
CREATE TABLE egg (id INT NOT NULL PRIMARY KEY, hen INT, CONSTRAINT egg_of_hen FOREIGN KEY (hen) REFERENCES hen (id) ON DELETE CASCADE);
ALTER TABLE hen ADD CONSTRAINT hen_of_egg FOREIGN KEY (egg) REFERENCES egg (id);
CREATE TABLE twice (
  x INT, y INT NOT NULL, z INT NOT NULL, UNIQUE KEY zy (z, y),
  CONSTRAINT to_egg FOREIGN KEY (x) REFERENCES egg (id), CONSTRAINT to_hen FOREIGN KEY (x) REFERENCES hen (id) ON UPDATE CASCADE,
  CONSTRAINT to_itself FOREIGN KEY (y, z) REFERENCES twice (z, y)
);

-- Unique keys that look alike.
CREATE TABLE uniques (
  a INT NOT NULL, b INT NOT NULL, c VARCHAR(50) NOT NULL, d INT, e VARCHAR(50) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  UNIQUE KEY plain (a), UNIQUE KEY plain_again (a), UNIQUE KEY prefixed (c(5)), UNIQUE KEY prefixed_too (a, c(5)), UNIQUE KEY nullable (d),
  UNIQUE KEY folded (c), UNIQUE KEY exact_ (e), UNIQUE KEY backwards (b DESC, a)
);

-- Numbers with zeros in front, widths, and defaults that are texts.
CREATE TABLE numbers (
  a INT(5) UNSIGNED ZEROFILL, b TINYINT(1), c TINYINT(4), d TINYINT(1) UNSIGNED, e BIT(64), f BIT(1), g DECIMAL(65,30), h DECIMAL(5,5),
  i BIGINT UNSIGNED DEFAULT 18446744073709551615, j VARCHAR(9) DEFAULT '007', k VARCHAR(9) DEFAULT '', l CHAR(0), m YEAR DEFAULT 2026,
  n TIME(6) DEFAULT '-12:30:00.5', o DATETIME DEFAULT '2026-01-01 00:00:00', p CHAR(36) DEFAULT (UUID()), q DOUBLE PRECISION
);
CREATE VIEW `select` AS SELECT 1 AS `1`, NULL AS nothing, 'a' AS `'a'`, `self` FROM `type`;
-- A view whose table is gone.
CREATE TABLE doomed (id INT);
CREATE VIEW ruin AS SELECT id FROM doomed;
DROP TABLE doomed;

-- Names that the generated crate has uses for itself.
CREATE TABLE session (id INTEGER NOT NULL PRIMARY KEY);
CREATE TABLE error (id INTEGER NOT NULL PRIMARY KEY, difference INTEGER);
CREATE TABLE difference (id INTEGER NOT NULL PRIMARY KEY);
CREATE TABLE dialect (id INTEGER NOT NULL PRIMARY KEY, enum_type INTEGER);
CREATE TABLE enum_type (id INTEGER NOT NULL PRIMARY KEY);
