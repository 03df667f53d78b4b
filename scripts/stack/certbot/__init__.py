"""Keeps the certificate, in certbot's container: the standard library and openssl only."""
