module orders-tests

go 1.24
