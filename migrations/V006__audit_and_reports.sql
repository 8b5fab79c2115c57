-- What happened, for those who have to explain it, and what the shop looks at every morning.

-- Who changed what. Rows are only ever added, and refer to nothing, so that they outlive what they tell of.
CREATE TABLE audit_log (
  logged_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  actor VARCHAR(120) NOT NULL,
  action VARCHAR(10) NOT NULL,
  entity VARCHAR(60) NOT NULL,
  entity_key VARCHAR(120) NOT NULL, -- The primary key of the changed row, its parts joined by commas.
  details JSON,
  CONSTRAINT audit_log_action_known CHECK (action IN ('insert', 'update', 'delete'))
);
CREATE INDEX audit_log_entity_idx ON audit_log (entity, entity_key);

-- Every order with the sum of its lines, before discount and shipping.
CREATE VIEW order_summary AS
SELECT
  o.id AS order_id,
  o.order_number,
  o.customer_id,
  c.full_name AS customer_name,
  o.status,
  o.placed_at,
  count(l.line_no) AS line_count,
  coalesce(sum(l.quantity), 0) AS copies,
  coalesce(sum(l.line_total), 0) AS goods_total
FROM customer_order AS o
JOIN customer AS c ON c.id = o.customer_id
LEFT JOIN order_line AS l ON l.order_id = o.id
GROUP BY o.id, o.order_number, o.customer_id, c.full_name, o.status, o.placed_at;

-- How many copies of each book were paid for.
CREATE VIEW bestseller AS
SELECT
  b.id AS book_id,
  b.isbn,
  b.title,
  sum(l.quantity) AS copies_sold,
  sum(l.line_total) AS revenue
FROM book AS b
JOIN order_line AS l ON l.book_id = b.id
JOIN customer_order AS o ON o.id = l.order_id
WHERE o.status IN ('paid', 'shipped', 'completed')
GROUP BY b.id, b.isbn, b.title;
