"""What is taught: courses as frozen data, and the rules that read, check and grade them."""
