"""Draw a table that some function returned; compute nothing. Each chart is `draw(df, words)` and gives a figure."""
