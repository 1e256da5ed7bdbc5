"""What jobs cost on a cluster, and whether the cluster accepts them."""
