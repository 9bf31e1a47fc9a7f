-- The catalogue as it is in production: 2,000 products, twenty in each of a hundred categories. Nothing in
-- it is random: it is the same wherever it is loaded.

create table products (
    sku         text primary key,
    name        text not null,
    category    text not null,
    description text not null
);

create index products_category on products (category, sku);

insert into products (sku, name, category, description)
select 'p-' || lpad(n::text, 4, '0'),
       initcap(material) || ' ' || kind || ' No. ' || n,
       'c-' || lpad((1 + n % 100)::text, 3, '0'),
       'A ' || kind || ' made of ' || material || '. '
           || repeat('It is made by hand, in small numbers, and lasts. ', 4 + n % 9)
from (
    select n,
           (array['clay', 'steel', 'linen', 'oak', 'glass', 'wool', 'cork'])[1 + n % 7] as material,
           (array['vase', 'bowl', 'bench', 'lamp', 'shelf', 'blanket', 'box', 'tray', 'clock', 'mirror', 'rug'])
               [1 + n % 11] as kind
    from generate_series(1, 2000) as n
) as made;
