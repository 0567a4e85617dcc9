-- Mails to people: the address is read from a form of the case when the mail leaves, so that it never travels through a flow.
alter table mails
  add column to_field text,
  -- what its template quotes
  add column answer_id text;
