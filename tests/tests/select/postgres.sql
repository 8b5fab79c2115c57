CREATE EXTENSION IF NOT EXISTS citext;
CREATE TYPE book_format AS ENUM ('paper', 'e''book', 'audio');
CREATE TABLE "pub""lish`er ü" (
    "coun""try`" character(4) NOT NULL,
    "select" varchar(20) NOT NULL,
    name text NOT NULL,
    PRIMARY KEY ("coun""try`", "select")
);
CREATE TABLE book (
    id bigint PRIMARY KEY,
    title varchar(20) NOT NULL,
    subtitle text,
    country character(4),
    publisher varchar(20),
    sequel_of bigint REFERENCES book,
    format book_format NOT NULL,
    price numeric(8, 2) NOT NULL,
    rating double precision,
    FOREIGN KEY (country, publisher) REFERENCES "pub""lish`er ü"
);
CREATE INDEX ON book (title, id);
CREATE TABLE shelf (code citext PRIMARY KEY);
CREATE TABLE copy (id bigint PRIMARY KEY, shelf_code citext NOT NULL REFERENCES shelf);
CREATE VIEW cheap AS SELECT id, title FROM book WHERE price < 10;
