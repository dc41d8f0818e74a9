// Writes a new private key for service account tokens into the file that is named.
package main

import (
	"log"
	"os"

	"k8s.io/client-go/util/keyutil"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: service-key FILE")
	}
	if _, _, err := keyutil.LoadOrGenerateKeyFile(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}
