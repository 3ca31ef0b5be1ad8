module mecctl.io/lab/web

go 1.26
