"""Files for other programs: Excel workbooks and CSV."""
