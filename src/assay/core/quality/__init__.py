"""Certified quality: calibration, the audit, the certificate and its verification."""
