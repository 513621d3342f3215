"""Who a request comes from: keys, passwords, sessions, second factors."""
