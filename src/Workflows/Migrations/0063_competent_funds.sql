-- Which French fund is competent, by business use case and place, with the dates a rule is valid for. Addresses are modelled.
-- The most exact rule decides: a case before its sector, a place before any, a scheme before any.
create table competent_funds (
    id text primary key,
    buc text not null,            -- a case such as S_BUC_06, or a sector such as S
    department text,              -- null: any; « 2A,2B » lists several
    agricultural boolean,         -- null: either
    fund text not null,           -- {dept} stands for the department
    email text not null,
    valid_from date not null,
    valid_to date,
    remark text,
    revision integer not null default 1
);

insert into competent_funds (id, buc, department, agricultural, fund, email, valid_from, valid_to, remark) values
    ('s-buc-06', 'S_BUC_06', null, null, 'Centre national des soins à l''étranger (CNSE)', 'sdl2@cnse.example', '2019-07-01', null, 'taux de remboursement : caisse unique'),
    ('f-corse-agricole', 'F', '2A,2B', true, 'MSA de la Corse', 'sdl2@msa-corse.example', '2019-07-01', null, 'prestations familiales agricoles en Corse'),
    ('fb-corse-agricole', 'FB', '2A,2B', true, 'MSA de la Corse', 'sdl2@msa-corse.example', '2019-07-01', null, 'prestations familiales agricoles en Corse'),
    ('f-agricole', 'F', null, true, 'MSA du département {dept}', 'sdl2-{dept}@msa.example', '2019-07-01', null, 'modélisé'),
    ('fb-agricole', 'FB', null, true, 'MSA du département {dept}', 'sdl2-{dept}@msa.example', '2019-07-01', null, 'modélisé'),
    ('f-caf', 'F', null, null, 'CAF du département {dept}', 'sdl2-{dept}@caf.example', '2019-07-01', null, '101 CAF'),
    ('fb-caf', 'FB', null, null, 'CAF du département {dept}', 'sdl2-{dept}@caf.example', '2019-07-01', null, '101 CAF'),
    ('s-agricole', 'S', null, true, 'MSA du département {dept}', 'sdl2-{dept}@msa.example', '2019-07-01', null, 'modélisé'),
    ('s-cpam', 'S', null, null, 'CPAM du département {dept}', 'sdl2-{dept}@cpam.example', '2019-07-01', null, 'modélisé'),
    ('ub', 'UB', null, null, 'France Travail, service des relations internationales', 'sdl2@francetravail.example', '2024-01-01', null, 'modélisé'),
    ('ub-avant-2024', 'UB', null, null, 'Pôle emploi, service des relations internationales', 'sdl2@pole-emploi.example', '2019-07-01', '2023-12-31', 'modélisé ; nom d''avant le 1er janvier 2024'),
    ('p', 'P', null, null, 'Caisse nationale d''assurance vieillesse', 'sdl2@cnav.example', '2019-07-01', null, 'modélisé'),
    ('la', 'LA', null, null, 'Urssaf Caisse nationale', 'sdl2@urssaf.example', '2022-07-01', null, 'modélisé'),
    ('aw', 'AW', null, null, 'CPAM du département {dept}', 'sdl2-{dept}@cpam.example', '2019-07-01', null, 'modélisé'),
    ('r', 'R', null, null, 'Urssaf Caisse nationale', 'recouvrement@urssaf.example', '2019-07-01', null, 'modélisé');
