-- European instruments, beside the bilateral agreements; the authority that agrees to derogations is modelled until somebody has checked it.
create table european_instruments (
    iso text primary key,
    country text not null,
    instrument text not null,
    posting_months integer not null,
    derogation boolean not null,
    remark text,
    authority text not null,
    email text,
    language text not null
);

-- Posting durations where they are published; a country without a row is for a person to judge.
create table posting_durations (
    iso text primary key,
    country text not null,
    initial_months integer not null,
    -- Null: not a number of months, e.g. until the work ends.
    extension_months integer,
    remark text
);
