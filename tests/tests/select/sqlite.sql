CREATE TABLE "pub""lish`er ü" (
    "coun""try`" CHAR(4) NOT NULL,
    "select" VARCHAR(20) NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY ("coun""try`", "select")
);
CREATE TABLE book (
    id INTEGER PRIMARY KEY,
    title VARCHAR(20) NOT NULL,
    subtitle TEXT,
    country CHAR(4),
    publisher VARCHAR(20),
    sequel_of INTEGER REFERENCES book,
    format TEXT NOT NULL CHECK (format IN ('paper', 'e''book', 'audio')),
    price DECIMAL(8, 2) NOT NULL,
    rating DOUBLE,
    FOREIGN KEY (country, publisher) REFERENCES "pub""lish`er ü"
);
CREATE INDEX book_title ON book (title, id);
CREATE TABLE shelf (code VARCHAR(20) COLLATE NOCASE PRIMARY KEY);
CREATE TABLE copy (id INTEGER PRIMARY KEY, shelf_code VARCHAR(20) COLLATE NOCASE NOT NULL REFERENCES shelf);
CREATE VIEW cheap AS SELECT id, title FROM book WHERE price < 10;
