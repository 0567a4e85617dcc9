-- A document is real only while its agreement and its form are in force; a series that is no agreement's is judged by its case alone.
create or replace function document_may_be_real(series text, form_key text, issued_on date) returns boolean language sql stable
    as $$
    select coalesce((select a.status = 'in force' and (a.in_force_on is null or a.in_force_on <= $3) from agreements a where a.iso = $1), true)
       and coalesce((select f.life = 'in-force' and (f.in_force_on is null or f.in_force_on <= $3) from form_catalogue f where f.form_key = $2), true)
    $$;
