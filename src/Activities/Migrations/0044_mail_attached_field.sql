-- A file that stands in a form of the case leaves with the mail: a scan is sent on as it came.
alter table mails add column attached_field text;
