-- Every type that MariaDB has for columns, by family; with parameters, and with and without NOT NULL.

CREATE TABLE numbers (
    id int AUTO_INCREMENT PRIMARY KEY,
    tiny tinyint NOT NULL,
    tiny_null tinyint,
    tiny_unsigned tinyint unsigned NOT NULL,
    flag tinyint(1) NOT NULL,
    flag_null boolean,
    flag_unsigned tinyint(1) unsigned NOT NULL,
    small smallint NOT NULL,
    small_unsigned smallint unsigned NOT NULL,
    medium mediumint NOT NULL,
    medium_unsigned mediumint unsigned NOT NULL,
    plain int NOT NULL,
    plain_unsigned int unsigned NOT NULL,
    filled int(6) unsigned zerofill NOT NULL,
    big bigint NOT NULL,
    big_null bigint,
    big_unsigned bigint unsigned NOT NULL,
    big_unsigned_null bigint unsigned,
    single float NOT NULL,
    single_null float,
    single_rounded float(7, 3) NOT NULL,
    single_unsigned float unsigned NOT NULL,
    twice double NOT NULL,
    twice_null double,
    twice_unsigned double unsigned NOT NULL,
    exact decimal(10, 2) NOT NULL,
    exact_null decimal(10, 2),
    exact_unsigned decimal(6, 3) unsigned NOT NULL,
    whole decimal NOT NULL,
    fraction decimal(3, 3) NOT NULL,
    wide decimal(65, 30) NOT NULL,
    wide_null decimal(65, 30),
    bit_one bit NOT NULL,
    bit_one_null bit(1),
    bit_eight bit(8) NOT NULL,
    bit_sixty_four bit(64) NOT NULL,
    bit_sixty_four_null bit(64)
);

CREATE TABLE texts (
    id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    bounded varchar(12) NOT NULL,
    bounded_null varchar(12),
    fixed char(4) NOT NULL,
    fixed_null char(4),
    one char NOT NULL,
    tiny tinytext NOT NULL,
    plain text NOT NULL,
    plain_null text,
    medium mediumtext NOT NULL,
    big longtext NOT NULL,
    latin varchar(20) CHARACTER SET latin1 NOT NULL,
    exact varchar(20) COLLATE utf8mb4_bin NOT NULL,
    document json NOT NULL,
    document_null json
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_general_ci;

CREATE TABLE bytes (
    id binary(16) NOT NULL PRIMARY KEY,
    fixed binary(4) NOT NULL,
    fixed_null binary(4),
    bounded varbinary(8) NOT NULL,
    bounded_null varbinary(8),
    tiny tinyblob NOT NULL,
    plain blob NOT NULL,
    plain_null blob,
    medium mediumblob NOT NULL,
    big longblob NOT NULL
);

CREATE TABLE times (
    id int NOT NULL PRIMARY KEY,
    day date NOT NULL,
    day_null date,
    clock time NOT NULL,
    clock_null time,
    clock_micros time(6) NOT NULL,
    local datetime NOT NULL,
    local_null datetime,
    local_micros datetime(6) NOT NULL,
    instant timestamp NOT NULL DEFAULT current_timestamp,
    instant_null timestamp NULL,
    instant_micros timestamp(6) NOT NULL DEFAULT current_timestamp(6) ON UPDATE current_timestamp(6),
    annum year NOT NULL,
    annum_null year
);

CREATE TABLE choices (
    id int NOT NULL PRIMARY KEY,
    mood enum('sad', 'ok', 'happy', 'Very Happy!', '') NOT NULL DEFAULT 'ok',
    mood_null enum('sad', 'ok'),
    tags set('new', 'used', 'it''s rare') NOT NULL,
    tags_null set('a', 'b')
);

CREATE TABLE figures (
    id int NOT NULL PRIMARY KEY,
    shape geometry NOT NULL,
    shape_null geometry,
    at point NOT NULL,
    route linestring NOT NULL,
    area polygon NOT NULL,
    points multipoint NOT NULL,
    routes multilinestring,
    areas multipolygon,
    mixed geometrycollection,
    world point REF_SYSTEM_ID = 4326
);

CREATE TABLE networks (
    id uuid NOT NULL DEFAULT uuid() PRIMARY KEY,
    other uuid NOT NULL,
    other_null uuid,
    four inet4 NOT NULL,
    four_null inet4,
    six inet6 NOT NULL,
    six_null inet6
);
