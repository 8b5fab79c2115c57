CREATE TABLE customer (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(40) NOT NULL, email VARCHAR(40), active BOOLEAN NOT NULL);
CREATE TABLE coupon (id INTEGER NOT NULL PRIMARY KEY, code VARCHAR(20) NOT NULL, customer_id INTEGER REFERENCES customer (id));
CREATE TABLE orders (
    id INTEGER NOT NULL PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customer (id),
    coupon_id INTEGER REFERENCES coupon (id), total INTEGER NOT NULL
);
CREATE TABLE no_rows (id INTEGER NOT NULL PRIMARY KEY, value INTEGER NOT NULL);

-- Customers without orders, orders without coupons, coupons without customers and without orders.
INSERT INTO customer VALUES (1, 'Ann', NULL, TRUE), (2, 'Bob', 'bob@example.org', FALSE), (3, 'Cid', NULL, TRUE), (9, 'Dan', NULL, TRUE);
INSERT INTO coupon VALUES (1, 'A', 1), (2, 'B', NULL), (3, 'C', 2);
INSERT INTO orders VALUES (1, 1, 1, 10), (2, 1, NULL, 20), (3, 2, 3, 30), (4, 2, NULL, 0);

CREATE VIEW plain AS SELECT id AS id_never, name AS name_never, email AS email_null FROM customer;
CREATE VIEW left_join AS
    SELECT c.id AS id_never, o.id AS order_null, o.customer_id AS customer_null, p.code AS code_null
    FROM customer c LEFT JOIN orders o ON o.customer_id = c.id LEFT JOIN coupon p ON p.id = o.coupon_id;
CREATE VIEW right_join AS
    SELECT c.id AS id_null, p.id AS coupon_never, p.customer_id AS customer_null
    FROM customer c RIGHT JOIN coupon p ON p.customer_id = c.id;
CREATE VIEW nested_join AS
    SELECT c.id AS id_never, o.id AS order_null, p.id AS coupon_null
    FROM customer c LEFT JOIN (orders o JOIN coupon p ON p.id = o.coupon_id) ON o.customer_id = c.id;
CREATE VIEW inner_after_left AS
    SELECT c.id AS id_never, o.id AS order_id, p.code AS code_never
    FROM customer c LEFT JOIN orders o ON o.customer_id = c.id JOIN coupon p ON p.id = o.coupon_id;
CREATE VIEW missing_only AS
    SELECT c.id AS id_never, o.id AS order_null
    FROM customer c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL;
CREATE VIEW found_only AS
    SELECT c.id AS id_never, o.id AS order_id, o.coupon_id AS coupon_null
    FROM customer c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NOT NULL;
CREATE VIEW left_using AS
    SELECT customer_id AS customer_never, orders.id AS id_never, coupon.customer_id AS other_null, coupon.id AS coupon_null
    FROM orders LEFT JOIN coupon USING (customer_id, id);
CREATE VIEW derived AS
    SELECT d.id AS id_never, d.last_id AS last_null
    FROM (SELECT c.id, max(o.id) AS last_id FROM customer c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id) d;
CREATE VIEW over_views AS
    SELECT l.id_never AS id_never, l.order_null AS order_null, d.last_null AS last_null
    FROM left_join l JOIN derived d ON d.id_never = l.id_never;
CREATE VIEW outside_views AS
    SELECT c.id AS id_never, m.id_never AS missing_null
    FROM customer c LEFT JOIN missing_only m ON m.id_never = c.id;
CREATE VIEW united AS
    SELECT id AS id_never, customer_id AS customer_null FROM orders
    UNION ALL SELECT id, customer_id FROM coupon UNION ALL SELECT id, NULL FROM customer;
CREATE VIEW counted AS SELECT count(*) AS count_never, sum(value) AS sum_null, max(id) AS last_null FROM no_rows;
CREATE VIEW grouped AS
    SELECT customer_id AS customer_never, count(*) AS count_never, max(coupon_id) AS coupon_id, max(total) AS total
    FROM orders GROUP BY customer_id;
CREATE VIEW scalar AS
    SELECT c.id AS id_never, (SELECT max(o.id) FROM orders o WHERE o.customer_id = c.id) AS last_null,
        (SELECT p.id FROM coupon p WHERE p.customer_id = c.id) AS coupon_null,
        (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) AS count_of
    FROM customer c;
CREATE VIEW expressions AS
    SELECT id AS id_never, coalesce(email, name) AS reached_never, nullif(name, 'Ann') AS other_null,
        CASE WHEN active THEN name ELSE 'none' END AS case_never, CASE WHEN active THEN name END AS case_null,
        CASE WHEN active THEN email ELSE 'none' END AS email_null, email IS NULL AS silent_never, 7 AS seven_never
    FROM customer;
CREATE VIEW arithmetic AS
    SELECT id AS id_never, total + coupon_id AS sum_null, total + 1 AS more, coupon_id = 1 AS is_null FROM orders;
CREATE VIEW windows AS
    SELECT id AS id_told, row_number() OVER (ORDER BY id) AS row_never, lag(id) OVER (ORDER BY id) AS before_null FROM orders;
CREATE VIEW common AS
    WITH orders AS (SELECT id, coupon_id AS customer_id FROM orders) SELECT id AS id_never, customer_id AS customer_null FROM orders;
CREATE VIEW recursive_numbers AS
    WITH RECURSIVE chain (id, parent) AS (
        SELECT id, coupon_id FROM orders UNION ALL SELECT chain.parent, NULL FROM chain WHERE chain.id > 0
    ) SELECT id AS id_null, parent AS parent_null FROM chain;
CREATE VIEW renamed (id_never, mail_null) AS SELECT id, email FROM customer;

CREATE VIEW rolled_up AS SELECT customer_id AS customer_null, count(*) AS count_never FROM orders GROUP BY customer_id WITH ROLLUP;
CREATE VIEW divided AS SELECT id AS id_never, id / 0 AS nothing_null FROM customer;
CREATE VIEW excluded AS
    SELECT c.id AS id_never, c.id % 2 AS rest_null FROM customer c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)
    UNION ALL SELECT 0, NULL;
