"""The pages of the dashboard; a page never imports a page."""
