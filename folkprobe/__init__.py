"""Look inside a trained folk-music LSTM: generate, capture, estimate, select, excise, count, compare, plot."""
