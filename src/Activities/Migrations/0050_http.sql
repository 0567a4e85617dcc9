-- Answers of flows to requests that still wait for them; taken out by the host that holds the request, or forgotten when it is over.
create table http_responses (
    request_id           text primary key,
    workflow_instance_id text        not null,
    status_code          integer     not null,
    content_type         text,
    headers              json,
    content              text,
    expires_at           timestamptz not null
);
create index http_responses_expiry on http_responses (expires_at);

-- Addresses with parameters that running instances have waited at; with those of the trigger index they are what a request is matched against.
create table http_routes (
    template text primary key
);
