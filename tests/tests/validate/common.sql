-- Statements over the bookshop that every engine takes: one on each line.
SELECT 1
SELECT 1 AS one, 'two' AS two
SELECT id, title FROM book
SELECT * FROM book WHERE id = :id
SELECT b.* FROM book b WHERE b.isbn = :isbn
SELECT book.title, book.price FROM book ORDER BY book.price DESC, book.title
SELECT b.title AS heading FROM book AS b ORDER BY heading
SELECT title, price * 2 AS doubled FROM book WHERE price BETWEEN :low AND :high ORDER BY doubled LIMIT 10
SELECT count(*) FROM book
SELECT count(*) AS n, max(price), min(price), avg(price) FROM book WHERE price <= :most
SELECT count(DISTINCT publisher_id) FROM book
SELECT publisher_id, count(*) AS n FROM book GROUP BY publisher_id HAVING count(*) > 3 ORDER BY n DESC
SELECT language AS tongue, count(*) FROM book GROUP BY tongue
SELECT title FROM book WHERE subtitle IS NULL AND volume IS NOT NULL
SELECT title FROM book WHERE title LIKE :pattern OR subtitle LIKE :pattern
SELECT title FROM book WHERE isbn IN (:a, :b, :c)
SELECT title FROM book WHERE published_on >= :since LIMIT 20 OFFSET 40
SELECT upper(title), lower(subtitle), coalesce(subtitle, title) FROM book
SELECT CASE WHEN price > 20 THEN 'dear' WHEN price > 10 THEN title ELSE language END AS kind FROM book
SELECT cast(price AS decimal(10, 0)) AS rounded FROM book
SELECT b.title, p.name FROM book b JOIN publisher p ON p.id = b.publisher_id
SELECT b.title, p.name FROM book b, publisher p WHERE p.id = b.publisher_id AND p.country = :country
SELECT b.title, s.title AS series FROM book b LEFT JOIN series s ON s.id = b.series_id
SELECT b.title, a.sort_name FROM book b JOIN book_author ba ON ba.book_id = b.id JOIN author a ON a.id = ba.author_id ORDER BY ba.credit_order
SELECT a.family_name, ba.role FROM author a CROSS JOIN book_author ba WHERE ba.author_id = a.id
SELECT c.name, parent.name AS above FROM category c LEFT JOIN category parent ON parent.id = c.parent_id ORDER BY c.position
SELECT order_id, line_no, s.quantity FROM order_line JOIN shipment_line s USING (order_id, line_no)
SELECT o.order_number, c.full_name FROM customer_order o INNER JOIN customer c ON c.id = o.customer_id WHERE o.status = :status
SELECT o.order_number, a.city, b.city AS bill_city FROM customer_order o JOIN address b ON b.id = o.billing_address_id LEFT JOIN address a ON a.id = o.shipping_address_id
SELECT title FROM book WHERE publisher_id IN (SELECT id FROM publisher WHERE country = :country)
SELECT title FROM book b WHERE EXISTS (SELECT 1 FROM review r WHERE r.book_id = b.id AND r.rating >= :stars)
SELECT title FROM book b WHERE NOT EXISTS (SELECT 1 FROM order_line l WHERE l.book_id = b.id AND quantity > volume)
SELECT title, (SELECT avg(rating) FROM review WHERE review.book_id = book.id) AS stars FROM book ORDER BY stars
SELECT title FROM book WHERE price > (SELECT avg(price) FROM book)
SELECT title FROM book outside WHERE price = (SELECT max(price) FROM book WHERE category_id = outside.category_id)
SELECT x.publisher_id, x.total FROM (SELECT publisher_id, sum(price) AS total FROM book GROUP BY publisher_id) x WHERE x.total > 100
SELECT x.n FROM (SELECT count(*) AS n FROM customer) AS x
SELECT y.id FROM (SELECT x.id FROM (SELECT id FROM customer) x) y
SELECT x.* FROM (SELECT id, email FROM customer) x JOIN customer_profile p ON p.customer_id = x.id
WITH dear AS (SELECT id, title, price FROM book WHERE price > :limit) SELECT title FROM dear ORDER BY price
WITH sold AS (SELECT book_id, sum(quantity) AS copies FROM order_line GROUP BY book_id) SELECT b.title, s.copies FROM book b JOIN sold s ON s.book_id = b.id
WITH a AS (SELECT id AS book_key FROM book), b AS (SELECT book_key FROM a WHERE book_key > 10) SELECT b.book_key FROM b
WITH counted (author_id, n) AS (SELECT author_id, count(*) FROM book_author GROUP BY author_id) SELECT a.sort_name, counted.n FROM author a JOIN counted ON counted.author_id = a.id
WITH RECURSIVE shelf AS (SELECT id, parent_id, name FROM category WHERE parent_id IS NULL UNION ALL SELECT c.id, c.parent_id, c.name FROM category c JOIN shelf s ON s.id = c.parent_id) SELECT id, name FROM shelf
WITH RECURSIVE up (id, parent_id, depth) AS (SELECT id, parent_id, 0 FROM category WHERE slug = :slug UNION ALL SELECT c.id, c.parent_id, up.depth + 1 FROM category c JOIN up ON c.id = up.parent_id) SELECT max(depth) FROM up
SELECT id FROM book UNION SELECT book_id FROM order_line
SELECT id AS k FROM book UNION ALL SELECT book_id FROM review ORDER BY k
SELECT id FROM book EXCEPT SELECT book_id FROM order_line
SELECT id FROM customer INTERSECT SELECT customer_id FROM customer_order
SELECT title, rank() OVER (PARTITION BY publisher_id ORDER BY price DESC) AS place FROM book
SELECT title, sum(price) OVER (ORDER BY published_on ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS running FROM book
SELECT title, row_number() OVER w AS n, lag(price) OVER w FROM book WINDOW w AS (PARTITION BY category_id ORDER BY id)
SELECT n FROM (SELECT row_number() OVER (ORDER BY created_at) AS n, id FROM customer) x WHERE n < 10
SELECT order_id, customer_name, goods_total FROM order_summary WHERE line_count > :n
SELECT s.copies, s.placed_at FROM order_summary s WHERE s.status = 'paid'
SELECT title, copies_sold, revenue FROM bestseller ORDER BY revenue DESC LIMIT 5
SELECT b.isbn, s.on_hand - s.reserved AS free FROM bestseller b JOIN stock_level s ON s.book_id = b.book_id
SELECT warehouse, sum(on_hand) FROM stock_level GROUP BY warehouse
SELECT s.shelf, s.counted_at FROM stock_level s WHERE s.warehouse = :w AND s.reserved < s.on_hand
SELECT action, entity, entity_key FROM audit_log WHERE actor = :who ORDER BY logged_at DESC
SELECT carrier, tracking_code, weight_kg FROM shipment WHERE delivered_at IS NULL AND shipped_at < :then
SELECT sh.carrier, sl.quantity FROM shipment sh JOIN shipment_line sl ON sl.shipment_id = sh.id WHERE sh.order_id = :order
SELECT phone, locale, newsletter, loyalty_points FROM customer_profile WHERE customer_id = :id
SELECT email FROM customer c JOIN customer_profile p ON p.customer_id = c.id WHERE p.loyalty_points > 100 AND c.status = 'active'
SELECT rating, headline, body, helpful_votes FROM review WHERE book_id = :book AND status = 'published' ORDER BY helpful_votes DESC
SELECT customer_id, count(*) FROM review GROUP BY customer_id HAVING avg(rating) < 2
SELECT recipient, street, postcode, city, country FROM address WHERE customer_id = :id AND type = 'home'
SELECT discount_rate, shipping_fee, note FROM customer_order WHERE order_number = :number
SELECT l.unit_price * l.quantity - l.line_total AS zero FROM order_line l WHERE l.gift_wrap
SELECT planned_volumes FROM series WHERE title = :title
SELECT given_name, family_name, born_in, biography FROM author WHERE born_in > 1900
SELECT website FROM publisher WHERE name = :name
SELECT slug FROM category WHERE parent_id = :parent AND position > 3
SELECT page_count, format, available FROM book WHERE reorder_level > 0
SELECT o.id FROM customer_order o WHERE o.placed_at > :since AND o.currency = 'EUR' AND (SELECT count(*) FROM order_line l WHERE l.order_id = o.id) > 2
SELECT p.name, count(b.id) AS books FROM publisher p LEFT JOIN book b ON b.publisher_id = p.id GROUP BY p.id, p.name ORDER BY books DESC, p.name
SELECT DISTINCT language FROM book
SELECT ID, Title FROM book WHERE PRICE > 3
INSERT INTO publisher (name, country) VALUES (:name, :country)
INSERT INTO publisher (name, country, website) VALUES ('a', 'NO', NULL), ('b', 'SE', :site)
INSERT INTO category (parent_id, slug, name, position) SELECT id, :slug, :name, 1 FROM category WHERE slug = :parent
INSERT INTO book_author (book_id, author_id, role, credit_order) VALUES (:book, :author, 'editor', 2)
INSERT INTO review (book_id, customer_id, rating) SELECT l.book_id, o.customer_id, 5 FROM order_line l JOIN customer_order o ON o.id = l.order_id
INSERT INTO audit_log (actor, action, entity, entity_key) VALUES (:actor, 'insert', 'book', :key)
INSERT INTO stock_level (book_id, warehouse, on_hand) VALUES (:book, :warehouse, :n)
UPDATE book SET price = :price WHERE id = :id
UPDATE book SET price = price * 2, updated_at = CURRENT_TIMESTAMP WHERE publisher_id = :publisher
UPDATE stock_level SET reserved = reserved + :n WHERE book_id = :book AND warehouse = :warehouse AND on_hand >= reserved + :n
UPDATE customer SET status = 'closed' WHERE id NOT IN (SELECT customer_id FROM customer_order)
UPDATE book SET reorder_level = (SELECT max(on_hand) FROM stock_level WHERE stock_level.book_id = book.id) WHERE available
UPDATE customer_profile SET loyalty_points = CASE WHEN newsletter THEN loyalty_points + 5 ELSE loyalty_points END
DELETE FROM review WHERE id = :id
DELETE FROM book_author WHERE book_id IN (SELECT id FROM book WHERE series_id = :series)
DELETE FROM audit_log WHERE logged_at < :then
DELETE FROM order_line WHERE order_id = :order AND line_no > (SELECT count(*) FROM shipment_line WHERE shipment_line.order_id = order_line.order_id)
SELECT o.id, l.line_no FROM customer_order o JOIN (order_line l JOIN book b ON b.id = l.book_id) ON l.order_id = o.id WHERE b.title = :title
SELECT nullif(title, subtitle), length(title), replace(title, 'a', subtitle) FROM book
