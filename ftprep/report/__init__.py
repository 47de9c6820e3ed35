"""Pages: what was found, as HTML that needs nothing else: parts and charts, put together by `page`."""
