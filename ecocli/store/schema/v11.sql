-- A key is found by the characters of it that are shown, however many keys there are.
CREATE INDEX keys_last4 ON keys (last4);
