CREATE TABLE `pub"lish``er ü` (
    `coun"try``` char(4) NOT NULL,
    `select` varchar(20) NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (`coun"try```, `select`)
) COLLATE utf8mb4_bin;
CREATE TABLE book (
    id bigint PRIMARY KEY,
    title varchar(20) COLLATE utf8mb4_bin NOT NULL,
    subtitle text COLLATE utf8mb4_bin,
    country char(4) COLLATE utf8mb4_bin,
    publisher varchar(20) COLLATE utf8mb4_bin,
    sequel_of bigint,
    format enum('paper', 'e''book', 'audio') NOT NULL,
    price decimal(8, 2) NOT NULL,
    rating double,
    INDEX (title, id),
    FOREIGN KEY (sequel_of) REFERENCES book (id),
    FOREIGN KEY (country, publisher) REFERENCES `pub"lish``er ü` (`coun"try```, `select`)
);
CREATE TABLE shelf (code varchar(20) COLLATE utf8mb4_general_ci PRIMARY KEY);
CREATE TABLE copy (
    id bigint PRIMARY KEY,
    shelf_code varchar(20) COLLATE utf8mb4_general_ci NOT NULL,
    FOREIGN KEY (shelf_code) REFERENCES shelf (code)
);
CREATE VIEW cheap AS SELECT id, title FROM book WHERE price < 10;
