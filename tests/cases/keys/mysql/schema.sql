-- Keys of every sort: what becomes a key type, what is looked up by, and what is reported instead.

-- Composite keys whose columns come in another order than the table's.
CREATE TABLE composite (
    a int NOT NULL,
    b varchar(20) COLLATE utf8mb4_bin NOT NULL,
    c bigint unsigned NOT NULL,
    d date NOT NULL,
    PRIMARY KEY (c, a),
    UNIQUE KEY day_and_word (d, b)
);
CREATE TABLE to_composite (
    id bigint AUTO_INCREMENT PRIMARY KEY,
    first int,
    second bigint unsigned,
    CONSTRAINT both_parts FOREIGN KEY (second, first) REFERENCES composite (c, a) ON DELETE CASCADE ON UPDATE SET NULL
);

-- References to itself, and twice to one table.
CREATE TABLE person (
    id int AUTO_INCREMENT PRIMARY KEY,
    mother_id int,
    father_id int,
    best_friend int UNIQUE,
    FOREIGN KEY (mother_id) REFERENCES person (id) ON DELETE SET NULL,
    FOREIGN KEY (father_id) REFERENCES person (id) ON DELETE SET NULL,
    FOREIGN KEY (best_friend) REFERENCES person (id)
);
CREATE TABLE letter (
    id int PRIMARY KEY,
    sender int NOT NULL,
    receiver int NOT NULL,
    FOREIGN KEY (sender) REFERENCES person (id),
    FOREIGN KEY (receiver) REFERENCES person (id) ON DELETE RESTRICT
);

-- Primary keys that are foreign keys, in a chain.
CREATE TABLE animal (animal_id char(36) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY);
CREATE TABLE dog (animal_id char(36) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY, FOREIGN KEY (animal_id) REFERENCES animal (animal_id));
CREATE TABLE poodle (dog_id char(36) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY, FOREIGN KEY (dog_id) REFERENCES dog (animal_id));

-- Ambiguous and ill-matched references.
CREATE TABLE place (id int PRIMARY KEY);
CREATE TABLE ambiguous (
    id int PRIMARY KEY,
    either int,
    FOREIGN KEY (either) REFERENCES person (id),
    FOREIGN KEY (either) REFERENCES place (id)
);
CREATE TABLE short_codes (code varchar(4) PRIMARY KEY);
CREATE TABLE mismatch (id int PRIMARY KEY, code char(4), FOREIGN KEY (code) REFERENCES short_codes (code));

-- Keys by kind of column.
CREATE TABLE by_text (code varchar(8) COLLATE utf8mb4_general_ci PRIMARY KEY);
CREATE TABLE by_exact_text (code varchar(8) COLLATE utf8mb4_bin PRIMARY KEY);
CREATE TABLE by_prefix (word text NOT NULL, PRIMARY KEY (word(10)));
CREATE TABLE by_word_and_number (word varchar(8) COLLATE utf8mb4_bin, number int, PRIMARY KEY (word, number));
CREATE TABLE by_decimal (rate decimal(6, 2) PRIMARY KEY);
CREATE TABLE by_instant (at timestamp NOT NULL PRIMARY KEY, day date NOT NULL UNIQUE, local datetime(3) NOT NULL UNIQUE);
CREATE TABLE by_bytes (hash binary(32) PRIMARY KEY);
CREATE TABLE by_enum (colour enum('red', 'green') PRIMARY KEY);
CREATE TABLE by_flag (flag tinyint(1) PRIMARY KEY);

-- Unique keys that find one row for every value, and those that do not.
CREATE TABLE uniques (
    id int PRIMARY KEY,
    total int NOT NULL UNIQUE,
    part_a int NOT NULL,
    part_b varchar(20) COLLATE utf8mb4_bin NOT NULL,
    nullable int UNIQUE,
    prefixed text NOT NULL,
    folded varchar(20) COLLATE utf8mb4_general_ci NOT NULL UNIQUE,
    plain int NOT NULL,
    UNIQUE KEY two_parts (part_b, part_a),
    UNIQUE KEY prefix_only (prefixed(10)),
    KEY plain_index (plain)
);

-- Columns that the database fills.
CREATE TABLE filled (
    id int AUTO_INCREMENT PRIMARY KEY,
    price decimal(8, 2) NOT NULL DEFAULT 9.5,
    tax decimal(8, 2) GENERATED ALWAYS AS (price * 0.2) STORED,
    word varchar(20) NOT NULL DEFAULT 'it''s',
    word_null varchar(20) DEFAULT 'x',
    upper_word varchar(20) AS (upper(word)) VIRTUAL,
    flag tinyint(1) NOT NULL DEFAULT 1,
    colour enum('red', 'green') NOT NULL DEFAULT 'green',
    code int NOT NULL DEFAULT -1,
    bits bit(4) NOT NULL DEFAULT b'101',
    at datetime NOT NULL DEFAULT current_timestamp ON UPDATE current_timestamp,
    day date NOT NULL DEFAULT '2020-02-03',
    expression varchar(40) NOT NULL DEFAULT (concat('a', 'b'))
);

-- Tables without keys, in parts, and views.
CREATE TABLE without_key (value int, person_id int, FOREIGN KEY (person_id) REFERENCES person (id));
CREATE TABLE parts (id int NOT NULL, year smallint NOT NULL, PRIMARY KEY (id, year)) PARTITION BY RANGE (year) (PARTITION a VALUES LESS THAN (2020), PARTITION b VALUES LESS THAN MAXVALUE);
CREATE VIEW view_of_fillings AS
    SELECT a.id, a.colour, b.colour AS next_colour, b.word FROM filled a LEFT JOIN filled b ON b.id = a.id + 1 WHERE NOT EXISTS (SELECT 1 FROM person);
CREATE VIEW view_of_people AS SELECT id, mother_id, 'x' AS code FROM person;
