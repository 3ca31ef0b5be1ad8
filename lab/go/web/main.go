// Web is the lab's workload: it answers every request with who and where it is. It needs no root and writes no file.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

type answer struct {
	Host  string `json:"host"`
	Slice string `json:"slice"`
	Peer  string `json:"peer"`
	Path  string `json:"path"`
}

func main() {
	address := ":8080"
	if port := os.Getenv("PORT"); port != "" {
		address = ":" + port
	}
	host, err := os.Hostname()
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Addr: address, Handler: handler(host, os.Getenv("SLICE")), ReadHeaderTimeout: 5 * time.Second}
	go endOnSignal(server)
	log.Printf("%s listens on %s", host, address)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}

func handler(host, slice string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(answer{host, slice, r.RemoteAddr, r.URL.Path}); err != nil {
			log.Print(err)
		}
	})
}

// A pod is sent SIGTERM before its address leaves the Service: requests under way are still answered.
func endOnSignal(server *http.Server) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	<-signals
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		log.Print(err)
	}
}
