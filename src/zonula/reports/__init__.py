"""What people read: pages, one-page summaries and terminal text. Presenters speak, templates lay out; nothing here judges a chart."""
