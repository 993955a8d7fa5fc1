// SearchBar
