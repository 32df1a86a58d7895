"""Holdfast: a crisis-first chat assistant for clinics that offer ketamine therapy."""
