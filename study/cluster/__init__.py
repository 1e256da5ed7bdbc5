"""What jobs cost on a cluster, and whether it takes them."""
