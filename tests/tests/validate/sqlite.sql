-- Statements over the bookshop for SQLite: one on each line, behind ~ where no parser
-- here understands it.
SELECT rowid, b.oid, _rowid_ FROM book b
SELECT TITLE, B.Price FROM Book b ORDER BY b.PRICE
SELECT [title], `price`, "language" FROM "book"
SELECT main.book.title FROM main.book
SELECT title AS t FROM book WHERE t <> '' GROUP BY t HAVING t > 'a'
SELECT b.title, j.value FROM book b, json_each(b.tags) j
SELECT b.title, key, value FROM book b JOIN json_tree(b.attributes) WHERE type = 'text'
SELECT attributes ->> 'binding', tags -> 0 FROM book
SELECT title FROM book WHERE title GLOB 'A*' AND id = ?1 AND isbn = @isbn AND language = $lang
~ SELECT title FROM book INDEXED BY book_publisher_id_idx WHERE publisher_id = 3
~ SELECT title FROM book NOT INDEXED WHERE id > 3
SELECT title, max(price) FROM book GROUP BY publisher_id
SELECT group_concat(title, ', ') FILTER (WHERE available) FROM book
SELECT iif(available, title, subtitle), ifnull(subtitle, title), printf('%d', page_count) FROM book
SELECT date(published_on, 'start of month'), strftime('%Y', created_at), current_timestamp FROM book
SELECT title FROM book WHERE (price, id) > (:price, :id)
SELECT title COLLATE NOCASE AS t FROM book ORDER BY t
SELECT title FROM book LIMIT 10, 20
~ SELECT a.id FROM book a JOIN book b ON b.id = a.id WHERE a.title IS b.title AND a.subtitle IS NOT b.subtitle
SELECT id FROM book UNION SELECT book_id FROM review ORDER BY book_id
SELECT column1 FROM (VALUES (1), (2))
SELECT order_id FROM order_line NATURAL JOIN shipment_line
SELECT b.title FROM book b LEFT JOIN bestseller s USING (isbn)
WITH a AS (SELECT n FROM b), b AS (SELECT 1 AS n) SELECT n FROM a
WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 5) SELECT x FROM c
INSERT OR IGNORE INTO category (slug, name) VALUES (?, ?)
INSERT OR REPLACE INTO stock_level (book_id, warehouse) VALUES (:b, :w)
REPLACE INTO stock_level (book_id, warehouse) VALUES (:b, :w)
INSERT INTO publisher (name, country) VALUES (:n, :c) ON CONFLICT (name) DO UPDATE SET country = excluded.country WHERE publisher.country <> excluded.country RETURNING id, name
~ INSERT INTO stock_level AS s (book_id, warehouse, on_hand) VALUES (:b, :w, :n) ON CONFLICT DO UPDATE SET on_hand = s.on_hand + excluded.on_hand
UPDATE OR IGNORE book SET price = price + 1 RETURNING id, price
UPDATE book SET price = p.id FROM publisher AS p WHERE p.id = book.publisher_id
UPDATE book SET (title, subtitle) = (SELECT title, planned_volumes FROM series WHERE series.id = series_id)
DELETE FROM review WHERE rowid = :id RETURNING book_id
SELECT 'a' AS "b" FROM book ORDER BY "b"
