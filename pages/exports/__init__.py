"""Exports: what a view shows, as slides, pages, pictures, workbooks and one file to open anywhere; no Streamlit."""
