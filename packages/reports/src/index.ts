// The package's public surface; see the files beside it.
