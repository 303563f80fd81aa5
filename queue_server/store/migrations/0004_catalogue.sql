-- The changes of the catalogue are found without reading the whole log.

CREATE INDEX log_catalogue ON log (seq) WHERE kind IN
    ('setup_imported', 'service_changed', 'service_removed', 'package_changed', 'package_removed');
