-- A customer has one default address at most. MySQL has no index over a part of the rows, so each engine has its own file.
CREATE UNIQUE INDEX address_default_key ON address (customer_id) WHERE is_default;
