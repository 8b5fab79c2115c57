-- Statements over the bookshop for PostgreSQL: one on each line.
SELECT ctid, xmin, tableoid::regclass FROM book
SELECT row_to_json(b) FROM book b
SELECT count(b), array_agg(b.title ORDER BY b.price) FROM book b
SELECT "title", "b"."price" FROM book AS "b"
SELECT public.book.title FROM public.book
SELECT b.title FROM public.book b WHERE b.tags::text LIKE :tag
SELECT attributes->>'binding' AS binding, attributes #>> '{a,b}' FROM book WHERE attributes->'pages' IS NOT NULL
SELECT t.tag FROM book b, jsonb_array_elements_text(b.tags) AS t(tag)
SELECT b.id, e.key, e.value FROM book b CROSS JOIN LATERAL jsonb_each(b.attributes) e
SELECT d.n FROM generate_series(1, 10) AS d(n)
SELECT n FROM generate_series(1, :most) AS n
SELECT b.title, x.word, x.place FROM book b, unnest(string_to_array(b.title, ' ')) WITH ORDINALITY AS x(word, place)
SELECT x.a, x.b FROM json_to_recordset('[]') AS x(a int, b text)
SELECT p.name, top.title FROM publisher p, LATERAL (SELECT title FROM book WHERE publisher_id = p.id ORDER BY price DESC LIMIT 3) top
SELECT p.name, top.n FROM publisher p LEFT JOIN LATERAL (SELECT count(*) AS n FROM book b WHERE b.publisher_id = p.id) AS top ON true
SELECT DISTINCT ON (publisher_id) publisher_id, title FROM book ORDER BY publisher_id, price DESC
SELECT title FROM book WHERE id = ANY(:ids)
SELECT title FROM book WHERE title ILIKE :pattern AND title ~ '^[A-Z]'
SELECT title FROM book WHERE (price, id) > (:price, :id) ORDER BY price, id
SELECT count(*) FILTER (WHERE available) AS there, percentile_cont(0.5) WITHIN GROUP (ORDER BY price) FROM book
SELECT extract(year FROM published_on) AS y, date_trunc('month', created_at) FROM book GROUP BY y, created_at
SELECT publisher_id, language, sum(price) FROM book GROUP BY GROUPING SETS ((publisher_id), (language), ())
SELECT publisher_id, sum(price) FROM book GROUP BY ROLLUP (publisher_id)
SELECT order_id, line_no FROM order_line NATURAL JOIN shipment_line
SELECT o.order_number FROM customer_order o FULL JOIN shipment s ON s.order_id = o.id
SELECT column1, column2 FROM (VALUES (1, 'a'), (2, 'b')) v
SELECT v.isbn, b.id FROM (VALUES ('1'), ('2')) AS v(isbn) LEFT JOIN book b ON b.isbn = v.isbn
SELECT m.max FROM (SELECT max(price) FROM book) m
SELECT title FROM book ORDER BY published_on DESC NULLS LAST FETCH FIRST 3 ROWS ONLY
SELECT title FROM book WHERE published_on > current_date - interval '1 year' AND created_at < now() AT TIME ZONE 'UTC'
SELECT current_user, current_date, localtimestamp
SELECT id FROM book FOR UPDATE SKIP LOCKED
SELECT make_interval(days => loyalty_points) FROM customer_profile
SELECT (ARRAY[title, subtitle])[1], ARRAY(SELECT name FROM publisher) FROM book
SELECT substring(isbn FROM 1 FOR 3), position('a' IN title), trim(BOTH ' ' FROM title), overlay(title PLACING 'x' FROM 1 FOR 2) FROM book
SELECT string_agg(a.sort_name, '; ' ORDER BY ba.credit_order) FROM author a JOIN book_author ba ON ba.author_id = a.id GROUP BY ba.book_id
INSERT INTO publisher (name, country) VALUES ($1, $2) RETURNING id
INSERT INTO publisher AS p (name, country) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET country = excluded.country, website = coalesce(excluded.website, p.website) WHERE p.country <> excluded.country RETURNING p.id, name
INSERT INTO stock_level (book_id, warehouse, on_hand) VALUES (:b, :w, :n) ON CONFLICT (book_id, warehouse) DO UPDATE SET on_hand = stock_level.on_hand + excluded.on_hand
INSERT INTO category (slug, name) VALUES (:slug, :name) ON CONFLICT ON CONSTRAINT category_slug_key DO NOTHING
INSERT INTO category (slug, name, position) VALUES (:slug, :name, DEFAULT) ON CONFLICT DO NOTHING
INSERT INTO audit_log DEFAULT VALUES
UPDATE book b SET price = b.price + 1 FROM publisher p WHERE p.id = b.publisher_id AND p.country = :country RETURNING b.id, b.price, p.name
UPDATE book SET (title, subtitle) = (SELECT s.title, b.title FROM series s, book b WHERE s.id = book.series_id LIMIT 1)
UPDATE ONLY book SET updated_at = DEFAULT WHERE id = :id RETURNING *
DELETE FROM order_line l USING customer_order o WHERE o.id = l.order_id AND o.status = 'cancelled' RETURNING l.order_id, l.line_no, o.order_number
WITH gone AS (DELETE FROM review WHERE status = 'rejected' RETURNING book_id, rating) SELECT b.title, g.rating FROM book b JOIN gone g ON g.book_id = b.id
WITH made AS (INSERT INTO series (title) VALUES (:title) RETURNING id, title) UPDATE book SET series_id = made.id FROM made WHERE book.title = made.title
WITH wanted AS (SELECT 'x' AS slug, 'y' AS name) INSERT INTO category (slug, name) SELECT slug, name FROM wanted
MERGE INTO stock_level s USING order_line l ON s.book_id = l.book_id AND s.warehouse = 'B' WHEN MATCHED AND s.on_hand > l.quantity THEN UPDATE SET on_hand = s.on_hand - l.quantity WHEN NOT MATCHED THEN INSERT (book_id, warehouse) VALUES (l.book_id, 'B')
VALUES (1, 'a'), (2, 'b') ORDER BY column2
SELECT id FROM book UNION (SELECT book_id FROM review ORDER BY rating LIMIT 1)
