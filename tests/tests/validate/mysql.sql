-- Statements over the bookshop for MySQL and MariaDB: one on each line, behind ~ where no parser
-- here understands it.
SELECT `title`, b.`price` FROM `book` AS `b`
SELECT TITLE, B.Price FROM book B ORDER BY B.PRICE
SELECT title AS t, price FROM book HAVING t <> '' AND price > 3
SELECT group_concat(DISTINCT title ORDER BY price DESC SEPARATOR ', ') FROM book GROUP BY publisher_id
SELECT timestampdiff(MONTH, created_at, now()), date_add(created_at, INTERVAL page_count DAY) FROM book
SELECT date_format(created_at, '%Y'), year(published_on), ifnull(subtitle, "none") FROM book
SELECT if(available, title, subtitle), concat(title, ' ', language), price DIV 2 FROM book
SELECT json_extract(attributes, '$.binding'), json_unquote(json_extract(tags, '$[0]')) FROM book
SELECT title FROM book WHERE title REGEXP '^A' AND title NOT LIKE 'b%' AND isbn <=> :isbn
SELECT title FROM book LIMIT 10, 20
SELECT title FROM book FORCE INDEX (PRIMARY) WHERE id > 3
SELECT STRAIGHT_JOIN b.title FROM book b JOIN publisher p ON p.id = b.publisher_id
SELECT b.title FROM book b STRAIGHT_JOIN publisher p ON p.id = b.publisher_id
SELECT t.tag FROM book b, json_table(b.tags, '$[*]' COLUMNS (tag varchar(40) PATH '$')) AS t
SELECT publisher_id, sum(price) AS total FROM book GROUP BY publisher_id WITH ROLLUP
SELECT SQL_CALC_FOUND_ROWS title FROM book LIMIT 5
SELECT @total, @@version, 1 FROM dual
~ SELECT id FROM book WHERE id = 3 LOCK IN SHARE MODE
SELECT id FROM book FOR UPDATE
SELECT convert(title USING utf8mb4), cast(price AS signed), binary title FROM book
SELECT count(DISTINCT language, format) FROM book
SELECT (SELECT count(*) FROM book_author ba WHERE ba.book_id = b.id) AS n FROM book b ORDER BY n
SELECT utc_timestamp(), current_date, localtime FROM book
INSERT INTO stock_level (book_id, warehouse, on_hand) VALUES (:b, :w, :n) ON DUPLICATE KEY UPDATE on_hand = on_hand + VALUES(on_hand)
INSERT INTO publisher (name, country) SELECT family_name, 'NO' FROM author ON DUPLICATE KEY UPDATE country = VALUES(country)
INSERT IGNORE INTO category (slug, name) VALUES (?, ?)
INSERT INTO publisher SET name = :name, country = 'SE'
REPLACE INTO stock_level (book_id, warehouse) VALUES (:b, :w)
UPDATE book b JOIN publisher p ON p.id = b.publisher_id SET b.price = b.price * 1.1, b.updated_at = now() WHERE p.country = :c
~ UPDATE book, series SET book.title = series.title, volume = 1 WHERE series.id = book.series_id
UPDATE book SET price = DEFAULT(reorder_level) WHERE id = :id ORDER BY title LIMIT 3
DELETE b FROM book b LEFT JOIN order_line l ON l.book_id = b.id WHERE l.book_id IS NULL
DELETE FROM l USING order_line l JOIN customer_order o ON o.id = l.order_id WHERE o.status = 'draft'
DELETE FROM audit_log WHERE actor = :a ORDER BY logged_at LIMIT 100
SELECT title FROM book b JOIN (SELECT DISTINCT book_id FROM review) r ON r.book_id = b.id
