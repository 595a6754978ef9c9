"""Boundaries: network, blocks, zoning, checks and map layers; knows nothing of data, queries or Streamlit."""
